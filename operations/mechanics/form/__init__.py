"""The plainest mechanic: people leave what is asked for, and are thanked."""
