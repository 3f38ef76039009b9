/** What is needed of a `FileSystemFileHandle`. */
export interface FileHandle {
  getFile(): Promise<Blob>;
  createWritable(): Promise<{ write(data: Uint8Array<ArrayBuffer>): Promise<void>; close(): Promise<void> }>;
}

/** What is needed of a `FileSystemDirectoryHandle`, such as `await navigator.storage.getDirectory()` gives in a page. */
export interface DirectoryHandle {
  readonly name: string;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FileHandle>;
}

/** A place that holds a model's files: a path (Node) or URL; in a page also a directory handle. */
export type Folder = string | DirectoryHandle;
