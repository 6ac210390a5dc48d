"""The local mailbox: receives over real SMTP and shows mails as a person would see them.

Where a fresh shop sends to in rehearsal. Tells no events; listens to none.
"""
