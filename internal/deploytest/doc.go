// Package deploytest deploys the template as `sam build` makes it, to an emulator on this machine, and uses what it deployed.
//
// What it shows is that the parts fit: template, build, environment, queues, event source mapping and function. What AWS
// itself makes of the template (IAM, encryption, alarms) it cannot show.
//
//	make deploy-test
package deploytest
