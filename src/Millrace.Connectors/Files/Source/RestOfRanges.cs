using System.Runtime.CompilerServices;
using Millrace.Formats;

namespace Millrace.Connectors.Files;

/// <summary>The ranges of a file that are left to read. A file that grew meanwhile may be cut at other places than before.</summary>
internal static class RestOfRanges
{
    /// <param name="ranges">The whole file.</param>
    /// <param name="file">Where to begin, which is the start of a row; the range in which rows were counted comes as it was then.</param>
    /// <param name="cancellation">Stops the cutting.</param>
    public static async IAsyncEnumerable<FileRange> AfterAsync(IAsyncEnumerable<FileRange> ranges, FileWork file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        long from = file.Start;
        long counted = file.Resumed?.End ?? from;
        await foreach (FileRange range in ranges.WithCancellation(cancellation).ConfigureAwait(false))
        {
            if (from < counted && from < range.End)
            {
                yield return range.Start == from ? range with { End = counted } : new FileRange(from, counted);
                from = counted;
            }

            if (from < range.End)
            {
                yield return range.Start < from ? new FileRange(from, range.End) : range;
                from = range.End;
            }
        }
    }
}
