"""The organisation's own lists: what it calls kinds of activities, and who provides them."""
