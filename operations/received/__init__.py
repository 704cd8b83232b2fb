"""The minor's side: operations that partners run, and what people agreed to share with us.

All of it lies in the minor's own schema, and is read there; `operations.sharing` writes it.
"""
