using System.Globalization;
using System.Text;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Transactions of MariaDB: of each domain the last one, as <c>domain-server-number</c>. All of the domain that come before it in the log are read
/// ("Global Transaction ID").
/// </summary>
internal sealed class DomainGtids : GtidSet
{
    // Domains are few: one for each server that is written to at the same time.
    private readonly List<Gtid> _last = [];

    /// <summary>The last of each domain, in the order of the domains.</summary>
    public IReadOnlyList<Gtid> Last => _last;

    /// <summary>Null for a text that is none.</summary>
    public static DomainGtids? TryParse(ReadOnlySpan<char> text)
    {
        var set = new DomainGtids();
        foreach (Gtid gtid in List(text))
        {
            set.Add(gtid);
        }

        return set._last.Count > 0 ? set : null;
    }

    /// <summary>The numbers of a list, in which a domain may stand several times, as in <c>gtid_binlog_state</c>; none for a text that is no list.</summary>
    public static List<Gtid> List(ReadOnlySpan<char> text)
    {
        var list = new List<Gtid>();
        Span<Range> fields = stackalloc Range[4];
        foreach (Range part in text.Split(','))
        {
            ReadOnlySpan<char> item = text[part].Trim();
            if (item.Split(fields, '-') != 3
                || !uint.TryParse(item[fields[0]], NumberStyles.None, CultureInfo.InvariantCulture, out uint domain)
                || !uint.TryParse(item[fields[1]], NumberStyles.None, CultureInfo.InvariantCulture, out uint server)
                || !ulong.TryParse(item[fields[2]], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
            {
                return [];
            }

            list.Add(new Gtid(domain, server, number));
        }

        return list;
    }

    /// <summary>Reads what a file begins with (GTID_LIST_EVENT): of each domain the last of every server, and the last of all at the end.</summary>
    public static DomainGtids? Read(ReadOnlySpan<byte> data)
    {
        var bytes = new EventBytes(data);
        bytes.Take(LogEvent.HeaderLength);

        // The upper four bits are flags.
        uint count = bytes.UInt32() & 0x0FFF_FFFF;
        var set = new DomainGtids();
        for (uint i = 0; i < count; i++)
        {
            set.Add(new Gtid(bytes.UInt32(), bytes.UInt32(), bytes.UInt64()));
        }

        return count > 0 ? set : null;
    }

    /// <summary>It becomes the last of its domain.</summary>
    public override void Add(in Gtid gtid)
    {
        int at = 0;
        for (; at < _last.Count && _last[at].Source <= gtid.Source; at++)
        {
            if (_last[at].Source == gtid.Source)
            {
                _last[at] = gtid;
                return;
            }
        }

        _last.Insert(at, gtid);
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (Gtid gtid in _last)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{(uint)gtid.Source}-{gtid.Server}-{gtid.Number}");
        }

        return text.ToString();
    }
}
