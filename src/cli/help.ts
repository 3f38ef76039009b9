const COMMON = `  --model NAME      which model; \`musrep models\` lists them (default: musicnn-mtat); or a folder with a saved model
  --weights FROM    a folder or URL that holds the weights; downloads are kept, see \`musrep cache\`
  --offline         download nothing
  --backend NAME    the tfjs backend: auto, wasm, tensorflow, cpu (default: auto)
  --backend-from DIR take tensorflow from a folder that holds @tensorflow/tfjs-node
  -o, --output FILE write to a file instead of standard output
  --resume          go on with an interrupted run: skip the files that FILE holds already
  --partial         use what can be read of truncated or damaged files
  -h, --help        this text

FILE may be a folder: every audio file below it is taken (MP3, WAV, FLAC, Ogg Vorbis, Opus); or a pattern: 'music/**/*.mp3'.
Memory does not grow with the length of a file.
A file that fails is reported on standard error with its reason, the rest go on, and the exit code is 1.
`;

export const HELP = {
  musrep: `musrep: tags and embeddings of music

  musrep tag FILE…      what is heard: the most probable tags of each file
  musrep embed FILE…    one vector a file, or one a window
  musrep models         the models with their scores, sizes and licences
  musrep convert FILE   weights of the original implementations (.pth, TensorFlow 1) as safetensors
  musrep cache          what was downloaded; \`musrep cache clear\` removes it

musrep COMMAND --help tells more. --version prints the version.
Exit codes: 0, 1 if a file failed, 2 if the command was wrong, 130 after Ctrl-C.
`,
  tag: `musrep tag FILE… [options]

  musrep tag music/ --top 5
  musrep tag song.mp3 --json | jq '.[0].tags'
  musrep tag music/ --jsonl --output tags.jsonl --resume
  musrep tag song.mp3 --model musicnn-mtat,fcn-msd

  --top N           how many tags a file (default: 5)
  --windows N       how many equally spaced windows are averaged, or all (default: as the model was published)
  --model A,B       several models, side by side
  --ensemble        their mean instead, over the tags that they share
  --json            an array of { file, tags: [{ label, score }] }
  --jsonl           one such object a line
  --csv             file,label,score
  --taggram DIR     also write scores over time, one JSON file a track: { file, times, labels, scores }
  --hop SECONDS     from one row of a taggram to the next (default: 1)
${COMMON}`,
  embed: `musrep embed FILE… [options]

  musrep embed music/ --output vectors.jsonl
  musrep embed music/ --npy vectors/

  --npy DIR         write one .npy file (float32) a track; the output then says which
  --parquet FILE    write one table with a row a track, or with --per-window a row a window: file, (time,) embedding
  --per-window      one vector a window, instead of their mean
  --hop SECONDS     from one window to the next (default: a window's length)
${COMMON}`,
  models: `musrep models [--json]

Lists the models: scores as published on their test sets, size, training data, licence, and the package that holds them.
`,
  cache: `musrep cache [clear]

Says where downloaded weights are kept and how large they are; \`clear\` removes them. MUSREP_CACHE names another place.
`,
  convert: `musrep convert FILE [--output FILE]

  musrep convert best_model.pth --output fcn.safetensors
  musrep convert MTT_musicnn/ --output musicnn-mtt.safetensors

Turns weights of the original implementations into safetensors under their original names, which every model of that
architecture loads: \`await model.loadWeights('fcn.safetensors')\`. FILE is PyTorch's .pth, or a TensorFlow 1 checkpoint:
its .index file, or its folder. Nothing in the file is executed: of a pickle only tensors and plain containers are read,
and whatever else it asks for is refused. Says which architecture the weights look like.
`,
} as const;
