#include <cuda_runtime_api.h>

#include <algorithm>

#include "tests/cusim/runtime.hpp"
#include "tests/cusim/stream.hpp"

extern "C" {

cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, std::size_t* count) {
  CUSIM_CALL("cudaGraphGetNodes");
  if (nodes != nullptr) cusim::bug("cudaGraphGetNodes is faked for counting nodes only");
  *count = graph->nodes.size();
  return cudaSuccess;
}

/// The graph executable is a copy: the graph may be destroyed.
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long) {
  CUSIM_CALL("cudaGraphInstantiate");
  if (const cudaError_t error = cusim::unsafe_in_capture()) return error;
  *exec = new CUgraphExec_st{graph->nodes, nullptr};
  cusim::count_object("graph exec", 1);
  return cudaSuccess;
}

cudaError_t cudaGraphUpload(cudaGraphExec_t, cudaStream_t stream) {
  CUSIM_CALL_WITH("cudaGraphUpload", stream);
  return stream->capture != nullptr ? cusim::unsafe_in_capture() : cudaSuccess;
}

/// Nodes run in any order that their edges allow; launches of one executable, one after the other.
cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream) {
  CUSIM_CALL_WITH("cudaGraphLaunch", stream);
  if (stream->capture != nullptr) cusim::bug("a graph launched into a capture is not faked");
  std::vector<cusim::TaskPtr> before = stream->last;
  if (exec->last_launch != nullptr) before.push_back(exec->last_launch);
  std::vector<cusim::TaskPtr> tasks;
  for (const cusim::Node& node : exec->nodes) {
    std::vector<cusim::TaskPtr> after;
    for (const std::size_t each : node.after) after.push_back(tasks[each]);
    tasks.push_back(cusim::submit(node.work, node.after.empty() ? before : after));
  }
  tasks.insert(tasks.end(), before.begin(), before.end());
  exec->last_launch = cusim::submit({}, std::move(tasks));
  stream->last = {exec->last_launch};
  return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  CUSIM_CALL("cudaGraphDestroy");
  delete graph;
  cusim::count_object("graph", -1);
  return cudaSuccess;
}

/// Allowed while a launch is under way.
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec) {
  CUSIM_CALL("cudaGraphExecDestroy");
  delete exec;
  cusim::count_object("graph exec", -1);
  return cudaSuccess;
}

}  // extern "C"
