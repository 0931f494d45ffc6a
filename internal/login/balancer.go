package login

import (
	"errors"
	"fmt"
	"regexp"
)

// LoadBalancer is an Application Load Balancer that logs people in. Its zero value is none.
type LoadBalancer struct {
	ARN string

	keys string // what the id of a key follows
}

// ErrARN is for what is no ARN of an Application Load Balancer whose keys could be found.
var ErrARN = errors.New("is no ARN of an Application Load Balancer, like arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/name/0123456789abcdef")

// balancerARN is compiled only where somebody names a load balancer, so that no other start waits for it.
const balancerARN = `^arn:(aws|aws-cn|aws-us-gov):elasticloadbalancing:([a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}):[0-9]{12}` +
	`:loadbalancer/app/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}$`

// ParseLoadBalancer reads an ARN. The error is ErrARN, also for partitions of which AWS does not document where the keys are.
func ParseLoadBalancer(arn string) (LoadBalancer, error) {
	parts := regexp.MustCompile(balancerARN).FindStringSubmatch(arn)
	if parts == nil {
		return LoadBalancer{}, ErrARN
	}
	partition, region := parts[1], parts[2]
	keys := fmt.Sprintf("https://public-keys.auth.elb.%s.amazonaws.com/", region)
	switch partition {
	case "aws-us-gov":
		keys = fmt.Sprintf("https://s3-%[1]s.amazonaws.com/aws-elb-public-keys-prod-%[1]s/", region)
	case "aws-cn":
		keys = fmt.Sprintf("https://public-keys.auth.elb.%s.amazonaws.com.cn/", region)
	}
	return LoadBalancer{ARN: arn, keys: keys}, nil
}

// keyURL returns where the key of this id is. The id is from a stranger's header: what is no UUID has no address.
func (b LoadBalancer) keyURL(id string) (string, bool) {
	return b.keys + id, isUUID(id)
}

func isUUID(s string) bool {
	if len(s) != len("00000000-0000-0000-0000-000000000000") {
		return false
	}
	for i, c := range []byte(s) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		hex := '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
		if hyphen && c != '-' || !hyphen && !hex {
			return false
		}
	}
	return true
}
