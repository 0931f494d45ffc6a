package demo

// part is the scenes of one trigger.
type part struct {
	about  string
	scenes []scene
}

// parts are in the order in which they are played.
func parts() []part {
	return []part{
		{"SQS: a worker answers on a queue", queueScenes()},
		{"EventBridge: what has ended announces it on the event bus", eventScenes()},
		{"HTTP: partners send signed webhooks, services of one's own call the API", append(webhookScenes(), callScenes()...)},
		{"Approvals: people answer by a link", approvalScenes()},
	}
}
