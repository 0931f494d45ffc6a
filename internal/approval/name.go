package approval

import "strings"

// kind is what a name is. Two names can only be told apart if they are of one kind: a mail address says nothing of who a Slack
// user is.
type kind string

const (
	mailKind  kind = "a mail address"
	slackKind kind = "a user of Slack"
	arnKind   kind = "an ARN"
	roleKind  kind = "the ARN of a role" // whoever may assume it, and nobody knows who does
	otherKind kind = "a name of a login" // the subject of a token, most likely
)

func kindOf(name string) kind {
	switch {
	case strings.HasPrefix(lower(name), "arn:"):
		if isRole(name) {
			return roleKind
		}
		return arnKind
	case strings.HasPrefix(lower(name), slackPrefix), isSlackUser(name):
		return slackKind
	case strings.Contains(name, "@"):
		return mailKind
	default:
		return otherKind
	}
}

// slackPrefix may stand before the id of a user of Slack.
const slackPrefix = "slack:"

// isSlackUser reports whether a name looks as Slack writes the ids of users.
func isSlackUser(name string) bool {
	if len(name) < 3 || len(name) > 21 || name[0] != 'U' && name[0] != 'W' {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool { return (r < 'A' || 'Z' < r) && (r < '0' || '9' < r) })
}

// sameListed compares two names of a request, of which one may have the prefix.
func sameListed(a, b string) bool {
	bare := func(name string) string {
		if kindOf(name) == slackKind {
			return strings.TrimPrefix(lower(name), slackPrefix)
		}
		return name
	}
	return sameIdentity(bare(a), bare(b))
}

// sameIdentity compares two names. The case of ASCII letters does not count, as providers differ in how they write mail
// addresses. Other letters are not folded: some of them fold to ASCII, and so one person could take another's name.
func sameIdentity(a, b string) bool {
	return a != "" && lower(Principal(a)) == lower(Principal(b))
}

func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// identityCenter begins the names of the roles whose sessions IAM Identity Center names after its users.
const identityCenter = "awsreservedsso_"

// Principal returns what is certain of the ARN of an AWS principal: of a session the role alone, as whoever assumes a role
// chooses the session's name, and of a federated user only that he is one. Sessions of IAM Identity Center are persons, and
// keep their names. A role's own ARN gives the same as its sessions: role names are unique in an account, whatever their
// path. Every other text stays as it is.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
func Principal(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || lower(parts[0]) != "arn" {
		return arn
	}
	resource := strings.Split(parts[5], "/")
	switch service, kind := lower(parts[2]), lower(resource[0]); {
	case service == "iam" && kind == "role" && len(resource) > 1:
		parts[2], parts[5] = "sts", "assumed-role/"+resource[len(resource)-1]
	case service == "sts" && kind == "assumed-role" && len(resource) > 2 && !strings.HasPrefix(lower(resource[1]), identityCenter):
		parts[5] = "assumed-role/" + resource[1]
	case service == "sts" && kind == "federated-user":
		parts[5] = "federated-user"
	}
	return strings.Join(parts, ":")
}

// isRole reports whether an ARN stands for all who may assume a role, or for all federated users.
func isRole(arn string) bool {
	parts := strings.SplitN(lower(Principal(arn)), ":", 6)
	if len(parts) < 6 || parts[2] != "sts" {
		return false
	}
	resource := strings.Split(parts[5], "/")
	return resource[0] == "federated-user" || resource[0] == "assumed-role" && len(resource) == 2
}

// isSession reports whether a name is that of a session which its own holder chose.
func isSession(name string) bool {
	return lower(Principal(name)) != lower(name) && strings.HasPrefix(lower(name), "arn:") && strings.Contains(lower(name), ":sts:")
}
