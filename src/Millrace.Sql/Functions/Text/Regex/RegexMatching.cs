using System.Text.RegularExpressions;

namespace Millrace.Sql.Functions;

/// <summary>Whether, how often and where texts match regular expressions.</summary>
internal static class RegexMatching
{
    /// <summary>Whether some part of the text matches; the flags are the third argument, if there is one.</summary>
    public static Func<ScalarCallSite, ScalarKernel> IsMatch(bool negated = false, string flags = "") => _ =>
    {
        var matcher = new RegexMatcher();
        return (in KernelCall call) => Rows.Boolean(call, new IsMatchRow(new RegexRow(call, matcher, 2, flags), negated));
    };

    /// <summary>SIMILAR TO: whether the whole text matches; the escape character is the third argument.</summary>
    public static ScalarKernel Similar(ScalarCallSite site)
    {
        var matcher = new RegexMatcher(RegexKind.Similar);
        return (in KernelCall call) => Rows.Boolean(call, new IsMatchRow(new RegexRow(call, matcher, 2, "\\"), negated: false));
    }

    public static ScalarKernel Count(ScalarCallSite site)
    {
        var matcher = new RegexMatcher();
        return (in KernelCall call) => Rows.Fixed<int, CountRow>(call, new CountRow(new RegexRow(call, matcher, 2)));
    }

    public static ScalarKernel Position(ScalarCallSite site)
    {
        var matcher = new RegexMatcher();
        return (in KernelCall call) => Rows.Fixed<int, PositionRow>(call, new PositionRow(new RegexRow(call, matcher, 2)));
    }

    private readonly struct IsMatchRow(RegexRow match, bool negated) : IFixedRow<bool>
    {
        public bool TryValue(int row, out bool value)
        {
            value = false;
            if (!match.TryPrepare(row, out ReadOnlySpan<char> text))
            {
                return false;
            }

            try
            {
                value = match.Regex.IsMatch(text) != negated;
                return true;
            }
            catch (RegexMatchTimeoutException)
            {
                match.AddTimeout(row);
                return false;
            }
        }
    }

    private readonly struct CountRow(RegexRow match) : IFixedRow<int>
    {
        public bool TryValue(int row, out int value)
        {
            value = 0;
            if (!match.TryPrepare(row, out ReadOnlySpan<char> text))
            {
                return false;
            }

            try
            {
                value = match.Regex.Count(text);
                return true;
            }
            catch (RegexMatchTimeoutException)
            {
                match.AddTimeout(row);
                return false;
            }
        }
    }

    private readonly struct PositionRow(RegexRow match) : IFixedRow<int>
    {
        public bool TryValue(int row, out int value)
        {
            value = 0;
            if (!match.TryPrepare(row, out ReadOnlySpan<char> text))
            {
                return false;
            }

            try
            {
                foreach (ValueMatch found in match.Regex.EnumerateMatches(text))
                {
                    value = CountCodePoints(text[..found.Index]) + 1;
                    break;
                }

                return true;
            }
            catch (RegexMatchTimeoutException)
            {
                match.AddTimeout(row);
                return false;
            }
        }

        private static int CountCodePoints(ReadOnlySpan<char> text)
        {
            int count = 0;
            foreach (char c in text)
            {
                count += char.IsLowSurrogate(c) ? 0 : 1;
            }

            return count;
        }
    }
}
