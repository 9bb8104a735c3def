using System.Text;

namespace Millrace.Sql.Functions;

/// <summary>
/// The format that the rows of a call name, taken apart: strftime's where it has a percent sign, PostgreSQL's otherwise.
/// Taken apart again only when it changes.
/// </summary>
internal sealed class TimeFormat
{
    private const int MaxLength = 1000;

    private byte[]? _source;
    private string? _problem;

    public IReadOnlyList<TimeToken> Tokens { get; private set; } = [];

    /// <summary>Whether it is one of strftime, whose texts have to end where the format does.</summary>
    public bool IsStrftime { get; private set; }

    /// <summary>Makes a format the one to work with; says what is wrong with it.</summary>
    public string? Prepare(ReadOnlySpan<byte> format)
    {
        if (_source is null || !format.SequenceEqual(_source))
        {
            _source = format.ToArray();
            IsStrftime = format.Contains((byte)'%');
            _problem = null;
            try
            {
                string text = Encoding.UTF8.GetString(format);
                Tokens = text.Length > MaxLength
                    ? throw new FormatException($"it has {text.Length} characters; it can have {MaxLength}.")
                    : IsStrftime ? StrftimeFormat.Parse(text) : PostgresFormat.Parse(text);
            }
            catch (FormatException e)
            {
                _problem = $"The format {FunctionErrors.Show(format)} is not valid: {e.Message}";
            }
        }

        return _problem;
    }
}
