"""The organisation's own list of labels for notes and questions: a coordinator adds, renames and retires them."""
