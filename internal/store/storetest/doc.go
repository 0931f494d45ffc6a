// Package storetest holds a store of approval requests to what [approval.Store] promises: one suite for every backend, called
// by their tests. What a backend may choose is not asked: when it forgets a record whose PurgeAt has passed, and how long
// its list of open requests lags behind, short of a minute.
package storetest
