"""Who gets a bank."""


def winners(requests):
    """Winner of each bank: its owner if that asks, else the lowest number.

    `requests` says which bank each requester asks for.
    """
    asking = {}
    for port, bank in requests.items():
        asking.setdefault(bank, []).append(port)
    return {bank: bank if bank in ports else min(ports) for bank, ports in asking.items()}
