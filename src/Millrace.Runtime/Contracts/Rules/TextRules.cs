using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>A rule about single texts.</summary>
internal abstract class TextRule(string column, string kind, ErrorCode code) : ContractRule(column, kind, code)
{
    public override bool HoldsForAll(Column column)
    {
        var texts = (BinaryColumn)column;
        bool hasNulls = texts.HasNulls;
        for (int row = 0; row < texts.Length; row++)
        {
            if (!(hasNulls && texts.IsNull(row)) && !Holds(texts[row]))
            {
                return false;
            }
        }

        return true;
    }

    public override void Mark(Column column, Span<ulong> broken)
    {
        var texts = (BinaryColumn)column;
        for (int row = 0; row < texts.Length; row++)
        {
            if (!texts.IsNull(row) && !Holds(texts[row]))
            {
                Break(broken, row);
            }
        }
    }

    protected abstract bool Holds(ReadOnlySpan<byte> text);
}

/// <summary>Texts have a number of characters between two bounds.</summary>
internal sealed class LengthRule(string column, int least, int most) : TextRule(column, "length", ContractErrors.LengthCode)
{
    public override string Expected => string.Create(CultureInfo.InvariantCulture, $"expected {(most == int.MaxValue ? $"at least {least}" : $"{least} to {most}")} characters");

    protected override bool Holds(ReadOnlySpan<byte> text)
    {
        // A character has one to four bytes.
        if (text.Length <= most && text.Length / 4 >= least)
        {
            return true;
        }

        int characters = 0;
        foreach (byte b in text)
        {
            characters += (b & 0xC0) != 0x80 ? 1 : 0;
        }

        return characters >= least && characters <= most;
    }
}

/// <summary>A regular expression is found in texts.</summary>
internal sealed class PatternRule : TextRule
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly string _pattern;
    private readonly Regex _regex;

    public PatternRule(string column, string pattern)
        : base(column, "pattern", ContractErrors.PatternCode)
    {
        _pattern = pattern;
        try
        {
            _regex = Compile(pattern);
        }
        catch (ArgumentException e)
        {
            throw ContractErrors.InvalidRule.Error($"The rule '{Name}' is no regular expression: {e.Message.TrimEnd('.')}.", inner: e);
        }
    }

    public override string Expected => $"expected a text that matches {_pattern}";

    protected override bool Holds(ReadOnlySpan<byte> text)
    {
        char[]? rented = null;
        Span<char> characters = text.Length <= 256 ? stackalloc char[256] : rented = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            return _regex.IsMatch(characters[..Encoding.UTF8.GetChars(text, characters)]);
        }
        catch (RegexMatchTimeoutException)
        {
            // What cannot be told within the time is not shown to hold.
            return false;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<char>.Shared.Return(rented);
            }
        }
    }

    // In linear time where the expression allows it; what looks ahead or back has a deadline.
    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, Patience);
        }
    }
}

/// <summary>Texts have a form that has a name.</summary>
internal sealed class FormatRule(string column, string format, Func<string, bool> holds) : TextRule(column, "format", ContractErrors.FormatCode)
{
    private const int MaxBytes = 4096;

    private static readonly Dictionary<string, Func<string, bool>> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["email"] = TextShapes.IsEmail,
        ["uuid"] = text => Guid.TryParseExact(text, "D", out _),
        ["uri"] = text => Uri.TryCreate(text, UriKind.Absolute, out _),
        ["hostname"] = TextShapes.IsHostName,
        ["ipv4"] = TextShapes.IsIpv4,
        ["ipv6"] = TextShapes.IsIpv6,
    };

    public override string Expected => $"expected the form {format}";

    /// <summary>The rule of a format; null for a format that is a word for people.</summary>
    public static FormatRule? Of(AssetColumn column)
        => column.Format is { } format && Known.TryGetValue(format, out Func<string, bool>? holds) ? new FormatRule(column.Name, format, holds) { ShowsValues = column.IsShowable } : null;

    protected override bool Holds(ReadOnlySpan<byte> text) => text.Length <= MaxBytes && holds(Encoding.UTF8.GetString(text));
}
