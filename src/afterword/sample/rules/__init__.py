"""Pure rules of the sample shops: how a history is told, who the people of the simulator are, and what is true of them."""
