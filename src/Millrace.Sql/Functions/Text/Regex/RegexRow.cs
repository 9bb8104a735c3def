using System.Text.RegularExpressions;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>What all functions with regular expressions do for a row: find the pattern, decode the text, report what goes wrong.</summary>
internal readonly struct RegexRow(in KernelCall call, RegexMatcher matcher, int flags, string fixedFlags = "")
{
    private readonly TextArgument _text = call.Text(0);
    private readonly TextArgument _pattern = call.Text(1);
    private readonly TextArgument? _flags = call.Has(flags) ? call.Text(flags) : null;
    private readonly byte[] _fixedFlags = System.Text.Encoding.UTF8.GetBytes(fixedFlags);
    private readonly TimeSpan _timeout = call.Context.PatternTimeout;
    private readonly CancellationToken _cancellation = call.Context.Cancellation;

    public RowFaults Faults { get; } = call.Faults;

    public RegexMatcher Matcher => matcher;

    public Regex Regex => matcher.Regex;

    public bool TryPrepare(int row, out ReadOnlySpan<char> text)
    {
        // A match may take milliseconds, and a batch has thousands of rows.
        _cancellation.ThrowIfCancellationRequested();
        text = default;
        if (matcher.Prepare(_pattern[row], _flags is { } given ? given[row] : _fixedFlags, _timeout) is { } problem)
        {
            Faults.Add(row, FunctionErrors.PatternCode, problem);
            return false;
        }

        text = matcher.Decode(_text[row]);
        return true;
    }

    public void AddTimeout(int row)
        => Faults.Add(row, FunctionErrors.PatternTimeoutCode, $"The pattern {FunctionErrors.Show(_pattern[row])} took longer than {_timeout.TotalMilliseconds:0} ms on a text of {_text[row].Length} bytes.");
}
