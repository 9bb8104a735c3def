using Millrace.Formats.Text;

namespace Millrace.Formats.Csv;

/// <summary>Drops the first lines of a text. They may be anything, so quotes mean nothing in them.</summary>
internal sealed class LineSkipper(TextWindow window, int lines)
{
    /// <summary>Lines dropped so far.</summary>
    public int Skipped { get; private set; }

    public async ValueTask SkipAsync(CancellationToken cancellation)
    {
        while (Skipped < lines)
        {
            bool more = await window.FillAsync(0, cancellation).ConfigureAwait(false);
            int drop = 0;
            while (Skipped < lines && TryFindLine(drop, out int next))
            {
                drop = next;
                Skipped++;
            }

            if (drop == 0 && !more)
            {
                // A line that does not end: the rest of the file, or one beyond every limit.
                drop = window.End;
            }

            if (drop == 0 && window.IsLast)
            {
                return;
            }

            window.Drop(drop);
        }
    }

    private bool TryFindLine(int from, out int next)
    {
        ReadOnlySpan<byte> text = window.Text[from..];
        int at = text.IndexOfAny((byte)'\n', (byte)'\r');
        next = from + at + 1;
        if (at < 0 || (text[at] == '\r' && at + 1 == text.Length && !window.IsLast))
        {
            return false;
        }

        if (text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n')
        {
            next++;
        }

        return true;
    }
}
