using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>Counts rows of a range of blocks.</summary>
internal sealed class BlockMarker(BlockSplit split) : ProgressMarker
{
    public override Position Behind(IFoundRows rows, int first, long done) => split.PositionAt(done);
}
