/** Whether the process is about to stop: it then says that it is not ready, and still answers. */
export interface Drain {
  begun: boolean
}
