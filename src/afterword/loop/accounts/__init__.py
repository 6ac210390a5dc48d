"""Who runs this installation: the company, its stores, the people of the team and what each may do, keys, and the audit.

Tells no events and listens to none: what the team does goes to the audit, which is append-only.
"""
