DEPOTS = ["north", "south", "harbour"]
