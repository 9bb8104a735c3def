using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>LIKE and ILIKE: text, pattern and, optionally, the escape character, which is a backslash otherwise.</summary>
internal static class Likes
{
    /// <summary>A pattern is prepared when it differs from the one before, so that a constant is prepared once.</summary>
    public static ScalarKernel Like(ScalarCallSite site)
    {
        var matcher = new LikeMatcher(ignoreCase: false);
        return (in KernelCall call) => Rows.Boolean(call, new LikeRow(call, matcher));
    }

    /// <summary>Compares both sides in lower case.</summary>
    public static ScalarKernel ILike(ScalarCallSite site)
    {
        var matcher = new LikeMatcher(ignoreCase: true);
        return (in KernelCall call) => Rows.Boolean(call, new LikeRow(call, matcher));
    }

    private readonly struct LikeRow(in KernelCall call, LikeMatcher matcher) : IFixedRow<bool>
    {
        private readonly TextArgument _text = call.Text(0);
        private readonly TextArgument _pattern = call.Text(1);
        private readonly TextArgument? _escape = call.Has(2) ? call.Text(2) : null;
        private readonly RowFaults _faults = call.Faults;

        public bool TryValue(int row, out bool value)
        {
            if (matcher.Prepare(_pattern[row], _escape is { } given ? given[row] : "\\"u8) is { } problem)
            {
                _faults.Add(row, FunctionErrors.PatternCode, problem);
                value = false;
                return false;
            }

            value = matcher.Matches(_text[row]);
            return true;
        }
    }
}
