"""SMS over Twilio's Messages API. Tells: none of its own. Listens to: status callbacks and answers, signed by Twilio."""
