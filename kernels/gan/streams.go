package gan

// Streams of random numbers: the second half of a PCG's seed, beside the Seed of a Config or of a Plane. Each thought has its own, so that what is measured or
// drawn never changes what is trained.
const (
	trainStream    = 1
	noiseStream    = 2                // noise of the frames
	dataStream     = 3                // data of the frames
	asideStream    = 4                // batches that are only looked at; + 4 round + 0 to 2
	planeStream    = 0x706c616e65     // + 0 and 1, a plane's directions
	lanczosStream  = 0x6c616e637a6f73 // where Lanczos' method starts
	branchStream   = 1 << 60          // + the round in which a branch goes on with another seed
	samplingStream = 1 << 61          // + the number of a point
	surfaceStream  = 1 << 62          // the batch of a surface
)
