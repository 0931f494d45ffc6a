// Package browsertest opens the approval page in Chromium, as people do, and answers there.
//
// The page comes from functions/http, which runs as a process of its own behind the stand-in's API Gateway; requests lie in
// the stand-in's DynamoDB, and an execution of its Step Functions waits for each. States of the page that a browser does not
// reach by itself, and those that are photographed, are rendered with a fixed clock instead, and are served with the headers
// of the real page.
//
// The browser finds no host but this one, whatever a page asks for. axe-core is evaluated over the DevTools protocol, to
// which the page's policy does not apply.
//
//	make test-browser
//	make screenshots
package browsertest
