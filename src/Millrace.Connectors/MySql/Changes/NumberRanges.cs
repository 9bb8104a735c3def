using System.Globalization;
using System.Text;

namespace Millrace.Connectors.MySql;

/// <summary>A set of numbers as ranges, both ends of which belong to it.</summary>
internal sealed class NumberRanges
{
    // In order, with at least one number between two of them.
    private readonly List<(ulong First, ulong Last)> _ranges = [];

    public IReadOnlyList<(ulong First, ulong Last)> All => _ranges;

    public static string Text(ulong first, ulong last) => first == last ? first.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{first}-{last}");

    public void Add(ulong first, ulong last)
    {
        // Most numbers follow the last one.
        int at = _ranges.Count;
        while (at > 0 && _ranges[at - 1].First > first)
        {
            at--;
        }

        if (at > 0 && _ranges[at - 1].Last >= first - 1)
        {
            at--;
            first = _ranges[at].First;
            last = Math.Max(last, _ranges[at].Last);
            _ranges.RemoveAt(at);
        }

        while (at < _ranges.Count && _ranges[at].First - 1 <= last)
        {
            last = Math.Max(last, _ranges[at].Last);
            _ranges.RemoveAt(at);
        }

        _ranges.Insert(at, (first, last));
    }

    /// <summary>Adds what <c>1-5:7</c> says; whether it says that.</summary>
    public bool TryAdd(ReadOnlySpan<char> text)
    {
        foreach (Range part in text.Split(':'))
        {
            ReadOnlySpan<char> range = text[part].Trim();
            int dash = range.IndexOf('-');
            if (!TryNumber(dash < 0 ? range : range[..dash], out ulong first) || !TryNumber(range[(dash + 1)..], out ulong last) || last < first)
            {
                return false;
            }

            Add(first, last);
        }

        return true;
    }

    public bool Contains(ulong first, ulong last)
    {
        int low = 0;
        for (int high = _ranges.Count; low < high;)
        {
            int middle = (low + high) / 2;
            (low, high) = _ranges[middle].Last < first ? (middle + 1, high) : (low, middle);
        }

        return low < _ranges.Count && _ranges[low].First <= first && _ranges[low].Last >= last;
    }

    /// <summary>As <c>:1-5:7</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach ((ulong first, ulong last) in _ranges)
        {
            text.Append(':').Append(Text(first, last));
        }

        return text.ToString();
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out ulong number)
        => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and < long.MaxValue;
}
