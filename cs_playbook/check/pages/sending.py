"""4xx: how mails and notes leave the machine."""

from __future__ import annotations

PAGES = {
    "CSP430": """
        Mails would cross the network in the open

        Whoever sits on the way would read the password and every mail. `security: none` is for a server on
        this very machine, which passes the mails on; any other is asked for STARTTLS or TLS, and its
        certificate is always checked.

        Fails:

            # project.yaml
            sending: {site: mail.vendor.example, smtp: {host: smtp.vendor.example, security: none}}

        Mended:

            # project.yaml
            sending: {site: mail.vendor.example, smtp: {host: smtp.vendor.example, security: starttls}}
        """,
    "CSP431": """
        This is not the name of a site

        `site:` stands behind the @ of Message-IDs, `from_sites:` behind the @ of our own addresses, `host:`
        is the server. All three are plain names: no user, no path, no https://.

        Fails:

            # project.yaml
            sending: {site: https://vendor.example}

        Mended:

            # project.yaml
            sending: {site: mail.vendor.example}
        """,
    "CSP432": """
        People cannot unsubscribe by this link

        Mail programs show the link of `unsubscribe:` beside the mail and post to it with one click
        (List-Unsubscribe, List-Unsubscribe-Post). It is an https link and holds {contact} once, behind the
        site. In its place each mail has a token that is always the same for one contact and tells nobody
        else who that is.

        Fails:

            # project.yaml
            sending: {site: mail.vendor.example, unsubscribe: http://vendor.example/stop}

        Mended:

            # project.yaml
            sending: {site: mail.vendor.example, unsubscribe: "https://vendor.example/stop/{contact}"}
        """,
    "CSP433": """
        Half a login

        To log in `send` needs a name and a password: `user_from_environment:` names the variable that holds
        the name; the password lies in a variable too (`password_from_environment:`) or in the system's
        keyring (`password_from_keyring:`). Where both are said the variable is asked first.

        Fails:

            # project.yaml
            sending:
              site: mail.vendor.example
              smtp: {host: smtp.vendor.example, user_from_environment: CS_SMTP_USER}

        Mended:

            # project.yaml
            sending:
              site: mail.vendor.example
              smtp:
                host: smtp.vendor.example
                user_from_environment: CS_SMTP_USER
                password_from_environment: CS_SMTP_PASSWORD
        """,
    "CSP435": """
        A channel that says too little, or two things

        A channel of format webhook (also where none is said) or slack is posted to the address in the
        variable `webhook_from_environment:`. Webhooks may be signed with a secret; Slack checks none. A
        channel of format file stays the files of the day, and has neither.

        Fails:

            # project.yaml
            channels: {cs-risk: {format: slack}}

        Mended:

            # project.yaml
            channels: {cs-risk: {format: slack, webhook_from_environment: CS_RISK_WEBHOOK}}
        """,
    "CSP436": """
        Digests by mail, and nobody they can come from

        With `digests: mail` each owner gets the digest of the day as a mail. It comes from one address of
        our own, `digests_from:`, on one of `from_sites:`.

        Fails:

            # project.yaml
            sending: {site: mail.vendor.example, digests: mail}

        Mended:

            # project.yaml
            sending: {site: mail.vendor.example, digests: mail, digests_from: cs-ops@vendor.example}
        """,
}
