"""The minor's pages: its operations, each one's figures, and the data that people shared."""
