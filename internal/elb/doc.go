// Package elb fetches the public keys that Elastic Load Balancing publishes for each region, with which load balancers
// sign who is logged in. It is the [login.Store] of what is deployed.
//
// A key is at a fixed address that ends in its id, readable for everybody. Redirects are not followed and no more than 4 KiB
// are read. See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html.
package elb
