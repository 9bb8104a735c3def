using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Millrace.TestKit.Sql;

/// <summary>Writes rows with bars between their fields; the first line names the columns.</summary>
internal sealed class TpchFile : IDisposable
{
    private const int Room = 4096;

    private readonly FileStream _file;
    private readonly byte[] _buffer = new byte[1 << 18];
    private int _length;
    private bool _begun;

    public TpchFile(string folder, TpchTable table)
    {
        _file = new FileStream(Path.Combine(folder, table.Name + ".csv"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (string column in table.Columns.Split(", "))
        {
            Add(column.AsSpan(0, column.IndexOf(' ', StringComparison.Ordinal)));
        }

        EndRow();
    }

    public TpchFile Add(ReadOnlySpan<char> text)
    {
        Begin();
        _length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_length));
        return this;
    }

    public TpchFile Add(long number)
    {
        Begin();
        AppendNumber(number);
        return this;
    }

    /// <summary>A decimal with two digits behind the point.</summary>
    public TpchFile AddCents(long cents)
    {
        Begin();
        if (cents < 0)
        {
            _buffer[_length++] = (byte)'-';
            cents = -cents;
        }

        AppendNumber(cents / 100);
        _buffer[_length++] = (byte)'.';
        _buffer[_length++] = (byte)('0' + (cents / 10 % 10));
        _buffer[_length++] = (byte)('0' + (cents % 10));
        return this;
    }

    public TpchFile Add(DateOnly date)
    {
        Begin();
        date.TryFormat(_buffer.AsSpan(_length), out int written, "O", CultureInfo.InvariantCulture);
        _length += written;
        return this;
    }

    public void EndRow()
    {
        _buffer[_length++] = (byte)'\n';
        _begun = false;
        if (_length > _buffer.Length - Room)
        {
            Flush();
        }
    }

    public void Dispose()
    {
        Flush();
        _file.Dispose();
    }

    private void Begin()
    {
        if (_begun)
        {
            _buffer[_length++] = (byte)'|';
        }

        _begun = true;
    }

    private void AppendNumber(long number)
    {
        Utf8Formatter.TryFormat(number, _buffer.AsSpan(_length), out int written);
        _length += written;
    }

    private void Flush()
    {
        _file.Write(_buffer, 0, _length);
        _length = 0;
    }
}
