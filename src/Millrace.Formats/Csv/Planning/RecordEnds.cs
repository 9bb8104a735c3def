using Millrace.Formats.Text;

namespace Millrace.Formats.Csv;

/// <summary>Finds where the last record that has its line end stops: behind it stands what somebody is still writing.</summary>
internal static class RecordEnds
{
    private const int WindowSize = 256 << 10;

    /// <param name="source">The file.</param>
    /// <param name="options">Its dialect.</param>
    /// <param name="start">Where a record begins; the answer when none is complete.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>Null for text whose places are not places of the file: compressed, or not UTF-8.</returns>
    public static async ValueTask<long?> FindLastAsync(IByteSource source, CsvOptions options, long start, CancellationToken cancellation)
    {
        TextInput input = await TextInput.OpenAsync(source, new FileRange(start, source.Length), options.CodecOrNull, options.EncodingOrNull, cancellation).ConfigureAwait(false);
        await using (input.ConfigureAwait(false))
        {
            if (!input.IsDirect)
            {
                return null;
            }

            using var window = new TextWindow(input, WindowSize, WindowSize);
            if (start == 0)
            {
                await new LineSkipper(window, options.SkipRows).SkipAsync(cancellation).ConfigureAwait(false);
            }

            long found = start;
            BoundaryScanner scanner = BoundaryScanner.Create(CsvDialect.Of(options), VectorWidths.Default);
            while (true)
            {
                int boundary = Scan(window, scanner);
                if (boundary >= 0)
                {
                    found = input.Origin + window.Offset + boundary;
                }

                if (window.IsLast && scanner.Scanned == window.End)
                {
                    // No row is as long as that: it is a quote that nobody closes.
                    return source.Length - found > 2L * options.MaxFieldBytes ? source.Length : found;
                }

                int drop = scanner.Scanned;
                scanner.Scanned = 0;
                await window.FillAsync(drop, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static unsafe int Scan(TextWindow window, BoundaryScanner scanner) => scanner.FindLastBoundary(window.Pointer, window.End, window.IsLast);
}
