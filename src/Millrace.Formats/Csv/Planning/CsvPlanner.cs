using System.Runtime.CompilerServices;
using Millrace.Formats.Text;

namespace Millrace.Formats.Csv;

/// <summary>
/// Cuts a file into ranges that begin where records begin. Whether a line end ends a record depends on all the quotes
/// before it, so the text is scanned from its start; each range is handed out as soon as its end is found.
/// </summary>
internal static class CsvPlanner
{
    private const int WindowSize = 256 << 10;

    public static async IAsyncEnumerable<FileRange> PlanAsync(IByteSource source, CsvOptions options, long targetBytes, [EnumeratorCancellation] CancellationToken cancellation, VectorWidth? width = null)
    {
        long length = source.Length;
        targetBytes = Math.Max(targetBytes, 1);
        if (length == long.MaxValue || length / 2 < targetBytes / 2 + (targetBytes / 4))
        {
            yield return FileRange.Whole(length);
            yield break;
        }

        TextInput input = await TextInput.OpenAsync(source, FileRange.Whole(length), options.CodecOrNull, options.EncodingOrNull, cancellation).ConfigureAwait(false);
        await using (input.ConfigureAwait(false))
        {
            if (!input.IsDirect)
            {
                yield return FileRange.Whole(length);
                yield break;
            }

            using var window = new TextWindow(input, WindowSize, WindowSize);
            var cuts = new Cuts(window, input.Origin, BoundaryScanner.Create(CsvDialect.Of(options), width ?? VectorWidths.Default));
            await cuts.SkipLinesAsync(options.SkipRows, cancellation).ConfigureAwait(false);
            long start = 0;
            long line = 1;
            while (length - start - targetBytes > targetBytes / 2 && await cuts.FindAsync(start + targetBytes, cancellation).ConfigureAwait(false))
            {
                if (cuts.Offset >= length)
                {
                    break;
                }

                yield return new FileRange(start, cuts.Offset, start == 0 ? 0 : -1, line);
                (start, line) = (cuts.Offset, cuts.Line);
            }

            yield return new FileRange(start, length, start == 0 ? 0 : -1, line);
        }
    }

    /// <summary>Moves a scanner over a window of the file.</summary>
    private sealed class Cuts(TextWindow window, long origin, BoundaryScanner scanner)
    {
        private long _skippedLines;

        /// <summary>Where the record behind the cut begins in the file.</summary>
        public long Offset { get; private set; }

        /// <summary>Its line, from 1.</summary>
        public long Line => 1 + _skippedLines + scanner.Lines - scanner.LinesBehind;

        public async ValueTask<bool> FindAsync(long offset, CancellationToken cancellation)
        {
            while (true)
            {
                int boundary = Scan(offset);
                if (boundary >= 0)
                {
                    Offset = origin + window.Offset + boundary;
                    return true;
                }

                if (window.IsLast && scanner.Scanned == window.End)
                {
                    return false;
                }

                int drop = scanner.Scanned;
                scanner.Scanned = 0;
                await window.FillAsync(drop, cancellation).ConfigureAwait(false);
            }
        }

        public async ValueTask SkipLinesAsync(int lines, CancellationToken cancellation)
        {
            var skipper = new LineSkipper(window, lines);
            await skipper.SkipAsync(cancellation).ConfigureAwait(false);
            _skippedLines = skipper.Skipped;
        }

        private unsafe int Scan(long offset)
        {
            long from = offset - origin - window.Offset;
            return scanner.FindBoundary(window.Pointer, window.End, window.IsLast, (int)Math.Min(from, int.MaxValue));
        }
    }
}
