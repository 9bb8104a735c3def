using System.Text;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>
/// The time zone that the rows of a call name: an IANA name, UTC, or an offset such as <c>+02:00</c>, which is ahead of UTC.
/// Looked up again only when the name changes.
/// </summary>
internal sealed class ZoneName
{
    private byte[]? _name;
    private TimeZoneInfo? _zone;

    public TimeZoneInfo? Find(ReadOnlySpan<byte> name)
    {
        if (_name is null || !name.SequenceEqual(_name))
        {
            _name = name.ToArray();
            _zone = TimeZones.Find(Encoding.UTF8.GetString(name));
        }

        return _zone;
    }

    public bool Fails(int row, ReadOnlySpan<byte> name, RowFaults faults)
    {
        faults.Add(row, FunctionErrors.TimeZoneCode, $"The time zone {FunctionErrors.Show(name)} is not known.");
        return false;
    }
}
