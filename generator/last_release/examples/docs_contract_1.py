import spaceknow_client as sk

client = sk.SpaceKnow(contract="warn", auth=sk.TokenAuth("..."))
