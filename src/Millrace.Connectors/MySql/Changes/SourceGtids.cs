using System.Buffers.Binary;
using System.Text;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Transactions of MySQL: for each server that made some, ranges of their numbers, as <c>uuid:1-5:7,uuid:1-3</c> ("GTID Sets"). Sets with tags, which
/// MySQL 8.3 began to have, are not read.
/// </summary>
internal sealed class SourceGtids : GtidSet
{
    private const int UuidLength = 16;
    private const int RangeLength = 2 * sizeof(ulong);

    private readonly SortedDictionary<UInt128, NumberRanges> _sources = [];

    /// <summary>Null for a text that is none.</summary>
    public static SourceGtids? TryParse(ReadOnlySpan<char> text)
    {
        var set = new SourceGtids();
        foreach (Range part in text.Split(','))
        {
            ReadOnlySpan<char> item = text[part].Trim();
            int colon = item.IndexOf(':');
            if (colon < 0 || !Guid.TryParseExact(item[..colon], "D", out Guid uuid) || !set.Ranges(Number(uuid)).TryAdd(item[(colon + 1)..]))
            {
                return null;
            }
        }

        return set;
    }

    /// <summary>Reads what a file begins with (PREVIOUS_GTIDS_LOG_EVENT); null for sets with tags, whose form is another.</summary>
    public static SourceGtids? Read(ReadOnlySpan<byte> data)
    {
        var bytes = new EventBytes(data);
        bytes.Take(LogEvent.HeaderLength);
        ulong count = bytes.UInt64();
        if (count >> 48 != 0)
        {
            return null;
        }

        var set = new SourceGtids();
        for (; count > 0; count--)
        {
            NumberRanges ranges = set.Ranges(ReadSource(bytes.Bytes(UuidLength)));
            ulong parts = bytes.UInt64();
            if (parts > (ulong)(bytes.Left / RangeLength))
            {
                throw LogErrors.Broken.Error($"An event of {data.Length} bytes says that it holds {parts} ranges of transactions.");
            }

            for (; parts > 0; parts--)
            {
                // The second number is the one behind the range.
                ulong first = bytes.UInt64();
                ulong next = bytes.UInt64();
                if (first == 0 || next <= first)
                {
                    throw LogErrors.Broken.Error($"An event has a range of transactions from {first} to before {next}.");
                }

                ranges.Add(first, next - 1);
            }
        }

        return set;
    }

    /// <summary>A uuid as events have it.</summary>
    public static UInt128 ReadSource(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt128BigEndian(bytes);

    public override void Add(in Gtid gtid) => Ranges(gtid.Source).Add(gtid.Number, gtid.Number);

    public bool Contains(in Gtid gtid) => _sources.TryGetValue(gtid.Source, out NumberRanges? ranges) && ranges.Contains(gtid.Number, gtid.Number);

    /// <summary>The first transactions that are here and not in another set, as text; null where all are.</summary>
    public string? Beyond(SourceGtids? other)
    {
        foreach ((UInt128 source, NumberRanges ranges) in _sources)
        {
            foreach ((ulong first, ulong last) in ranges.All)
            {
                if (other is null || !other._sources.TryGetValue(source, out NumberRanges? others) || !others.Contains(first, last))
                {
                    return $"{Text(source)}:{NumberRanges.Text(first, last)}";
                }
            }
        }

        return null;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach ((UInt128 source, NumberRanges ranges) in _sources)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(Text(source)).Append(ranges);
        }

        return text.ToString();
    }

    private static string Text(UInt128 source)
    {
        Span<byte> bytes = stackalloc byte[UuidLength];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, source);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    private static UInt128 Number(Guid uuid)
    {
        Span<byte> bytes = stackalloc byte[UuidLength];
        uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        return ReadSource(bytes);
    }

    private NumberRanges Ranges(UInt128 source)
    {
        if (!_sources.TryGetValue(source, out NumberRanges? ranges))
        {
            _sources.Add(source, ranges = new NumberRanges());
        }

        return ranges;
    }
}
