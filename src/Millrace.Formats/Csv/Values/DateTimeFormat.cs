using System.Buffers.Text;
using System.Text;
using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Writes the parts of a date and time, directive by directive.</summary>
internal ref struct DateTimeFormat
{
    private readonly Span<byte> _target;
    private readonly int _year;
    private readonly int _month;
    private readonly int _day;
    private readonly int _dayOfYear;
    private readonly int _seconds;
    private readonly int _nanos;

    public DateTimeFormat(long days, long nanos, Span<byte> target)
    {
        _target = target;
        (_year, _month, _day) = Calendar.FromDays(days);
        _dayOfYear = (int)(days - Calendar.ToDays(_year, 1, 1)) + 1;
        (long seconds, long rest) = Math.DivRem(nanos, 1_000_000_000);
        _seconds = (int)seconds;
        _nanos = (int)rest;
    }

    public int Length { get; private set; }

    public void Write(char directive, byte literal)
    {
        int hour = _seconds / 3600;
        switch (directive)
        {
            case '\0':
                _target[Length++] = literal;
                break;
            case 'Y':
                WriteNumber(_year, 4);
                break;
            case 'y':
                WriteNumber(((_year % 100) + 100) % 100, 2);
                break;
            case 'm':
                WriteNumber(_month, 2);
                break;
            case 'd':
                WriteNumber(_day, 2);
                break;
            case 'j':
                WriteNumber(_dayOfYear, 3);
                break;
            case 'H':
                WriteNumber(hour, 2);
                break;
            case 'I':
                WriteNumber(((hour + 11) % 12) + 1, 2);
                break;
            case 'M':
                WriteNumber(_seconds / 60 % 60, 2);
                break;
            case 'S':
                WriteNumber(_seconds % 60, 2);
                break;
            case 'f':
                WriteNumber(_nanos, 9);
                break;
            case 'p':
                WriteText(hour < 12 ? "AM" : "PM");
                break;
            case 'b':
                WriteMonth(3);
                break;
            case 'B':
                WriteMonth(int.MaxValue);
                break;
            default:
                WriteText("+00:00");
                break;
        }
    }

    private void WriteNumber(int value, byte digits)
    {
        Utf8Formatter.TryFormat(value, _target[Length..], out int written, new('D', digits));
        Length += written;
    }

    private void WriteMonth(int most)
    {
        string name = DateTimePattern.MonthNames[_month - 1];
        WriteText($"{char.ToUpperInvariant(name[0])}{name[1..Math.Min(most, name.Length)]}");
    }

    private void WriteText(string text) => Length += Encoding.ASCII.GetBytes(text, _target[Length..]);
}
