#!/usr/bin/env python3
"""Puts an account with a one-time link into the register: people.py DIR/city.sqlite LOGIN ROLE.

For the very first administrator of a test, before anybody is there to make one. Prints the link.
"""
import hashlib
import secrets
import sqlite3
import sys
import time

path, login, role = sys.argv[1:]
now = int(time.time() * 1e6)
link = "dothi_once_" + secrets.token_hex(32)
register = sqlite3.connect(path, timeout=30)
with register:
    account = register.execute(
        "INSERT INTO account (login, role, state, created_at) VALUES (?, ?, 'active', ?)", (login, role, now)
    ).lastrowid
    register.execute(
        "INSERT INTO one_time_link (token_digest, account_id, purpose, created_at, expires_at)"
        " VALUES (?, ?, 'welcome', ?, ?)",
        (hashlib.sha256(link.encode()).digest(), account, now, now + 3600 * 1000000),
    )
register.close()
print(link)
