namespace Millrace.Connectors.MySql;

/// <summary>Keeps account of the numbers of transactions while a log is read.</summary>
internal sealed class ReadGtids
{
    private GtidSet? _read;
    private Gtid? _open;
    private string? _text;
    private bool _isKept;

    /// <param name="isKept">Whether there is an account to be kept.</param>
    /// <param name="read">What is read at the beginning; null where that is not known.</param>
    public ReadGtids(bool isKept, string? read)
    {
        _isKept = isKept;
        _read = isKept ? GtidSet.Parse(read) : null;
    }

    /// <summary>All that are read; null where that is not known.</summary>
    public string? Text => _text ??= _read?.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>Whether the transaction that has begun was read before, by its number.</summary>
    public bool IsRead { get; private set; }

    /// <summary>A file begins, with the numbers of all transactions before it.</summary>
    public void TakeBeginning(LogEventType type, ReadOnlySpan<byte> data)
    {
        if (_isKept && _read is null)
        {
            _read = type == LogEventType.MariaGtidList ? DomainGtids.Read(data) : SourceGtids.Read(data);
            _text = null;
        }
    }

    /// <param name="gtid">Null for a transaction without a number, or with one that is unknown here: no account can be kept then.</param>
    public void Begin(Gtid? gtid)
    {
        if (gtid is not { } number)
        {
            _read = null;
            _text = null;
            _isKept = false;
        }

        _open = gtid;
        IsRead = gtid is { } own && _read is SourceGtids read && read.Contains(own);
    }

    public void Commit()
    {
        if (_open is { } gtid && _read is not null)
        {
            _read.Add(gtid);
            _text = null;
        }

        Abandon();
    }

    /// <summary>The transaction that has begun has no end.</summary>
    public void Abandon()
    {
        _open = null;
        IsRead = false;
    }
}
