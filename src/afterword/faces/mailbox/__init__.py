"""The local mailbox: receives over real SMTP and shows mails as a person would see them.

Where a journey sends to until it goes live. Looking at a mail here is not opening it; a link followed out of it is the customer's own,
for in rehearsal nobody else has the mail, and so a journey can be tried to its end. Tells no events; listens to none.
"""
