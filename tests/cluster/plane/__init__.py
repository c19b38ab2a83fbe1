"""The cluster that the run makes: keys, API server, controllers, KEDA, Prometheus, and what stands in for nodes and services."""
