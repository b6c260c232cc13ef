"""What every path needs: parameters, the envelope, problems, the request's context, and what several answer."""
