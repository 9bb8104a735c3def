using System.Text.RegularExpressions;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Parts of texts that match regular expressions. No match makes a null, or an empty array of all matches.</summary>
internal static class RegexExtracting
{
    /// <summary><c>regexp_extract(text, pattern, group)</c>; group 0, the whole match, unless another is named.</summary>
    public static ScalarKernel Extract(ScalarCallSite site)
    {
        var matcher = new RegexMatcher();
        return (in KernelCall call) => Rows.Text(call, new ExtractRow(call, new RegexRow(call, matcher, 3), firstGroup: false));
    }

    /// <summary><c>substring(text FROM pattern)</c>: the first group, if the pattern has one.</summary>
    public static ScalarKernel Substring(ScalarCallSite site)
    {
        var matcher = new RegexMatcher();
        return (in KernelCall call) => Rows.Text(call, new ExtractRow(call, new RegexRow(call, matcher, 3), firstGroup: true));
    }

    /// <summary>A group of every match.</summary>
    public static ScalarKernel ExtractAll(ScalarCallSite site)
    {
        var matcher = new RegexMatcher();
        return (in KernelCall call) => Rows.List(call, new ExtractAllRow(call, new RegexRow(call, matcher, 3)));
    }

    /// <summary>The groups of the first match, or the match itself if the pattern has none.</summary>
    public static ScalarKernel Groups(ScalarCallSite site)
    {
        var matcher = new RegexMatcher();
        return (in KernelCall call) => Rows.List(call, new GroupsRow(new RegexRow(call, matcher, 2)));
    }

    /// <summary>The groups of every match.</summary>
    public static ScalarKernel AllGroups(ScalarCallSite site)
    {
        var matcher = new RegexMatcher();
        return (in KernelCall call) => Rows.List(call, new AllGroupsRow(new RegexRow(call, matcher, 2)));
    }

    public static ScalarKernel Split(ScalarCallSite site)
    {
        var matcher = new RegexMatcher();
        return (in KernelCall call) => Rows.List(call, new SplitRow(new RegexRow(call, matcher, 2)));
    }

    private static bool TryGroup(RegexRow match, long group, int row)
    {
        int groups = match.Matcher.Groups;
        if (group >= 0 && group < groups)
        {
            return true;
        }

        match.Faults.Add(row, FunctionErrors.ArgumentCode, $"The pattern has no group {group}; its last is {groups - 1}.");
        return false;
    }

    private static void AppendGroups(Match found, BinaryBuilder items)
    {
        for (int group = found.Groups.Count == 1 ? 0 : 1; group < found.Groups.Count; group++)
        {
            Append(found.Groups[group], items);
        }
    }

    private static void Append(Group group, BinaryBuilder result)
    {
        if (group.Success)
        {
            RegexMatcher.Append(group.ValueSpan, result);
        }
        else
        {
            result.AppendNull();
        }
    }

    private readonly ref struct ExtractRow(in KernelCall call, RegexRow match, bool firstGroup) : IBuilderRow<BinaryBuilder>
    {
        private readonly FixedArgument<long> _group = call.Has(2) ? call.Fixed<long>(2) : default;
        private readonly bool _hasGroup = call.Has(2);
        private readonly RegexRow _match = match;
        private readonly bool _firstGroup = firstGroup;

        public void Append(int row, BinaryBuilder result)
        {
            if (!_match.TryPrepare(row, out ReadOnlySpan<char> text))
            {
                result.AppendNull();
                return;
            }

            long group = _hasGroup ? _group[row] : _firstGroup && _match.Matcher.Groups > 1 ? 1 : 0;
            if (!TryGroup(_match, group, row))
            {
                result.AppendNull();
                return;
            }

            try
            {
                if (group == 0)
                {
                    Append(text, result);
                }
                else
                {
                    AppendGroup(text, (int)group, result);
                }
            }
            catch (RegexMatchTimeoutException)
            {
                _match.AddTimeout(row);
                result.AppendNull();
            }
        }

        private void Append(ReadOnlySpan<char> text, BinaryBuilder result)
        {
            foreach (ValueMatch found in _match.Regex.EnumerateMatches(text))
            {
                RegexMatcher.Append(text.Slice(found.Index, found.Length), result);
                return;
            }

            result.AppendNull();
        }

        // Groups are found in a string only; it is not made of texts that seem to have no match.
        private void AppendGroup(ReadOnlySpan<char> text, int group, BinaryBuilder result)
        {
            if (!_match.Matcher.ExpectsMatch && !_match.Regex.IsMatch(text))
            {
                result.AppendNull();
                return;
            }

            Match found = _match.Regex.Match(text.ToString());
            _match.Matcher.ExpectsMatch = found.Success;
            RegexExtracting.Append(found.Groups[group], result);
        }
    }

    private readonly ref struct ExtractAllRow(in KernelCall call, RegexRow match) : IBuilderRow<ListBuilder>
    {
        private readonly FixedArgument<long> _group = call.Has(2) ? call.Fixed<long>(2) : default;
        private readonly bool _hasGroup = call.Has(2);
        private readonly RegexRow _match = match;

        public void Append(int row, ListBuilder result)
        {
            long group = _hasGroup ? _group[row] : 0;
            if (!_match.TryPrepare(row, out ReadOnlySpan<char> text) || !TryGroup(_match, group, row))
            {
                result.AppendNull();
                return;
            }

            var items = (BinaryBuilder)result.Items;
            int before = items.Length;
            try
            {
                if (group == 0)
                {
                    foreach (ValueMatch found in _match.Regex.EnumerateMatches(text))
                    {
                        RegexMatcher.Append(text.Slice(found.Index, found.Length), items);
                    }
                }
                else
                {
                    for (Match found = _match.Regex.Match(text.ToString()); found.Success; found = found.NextMatch())
                    {
                        RegexExtracting.Append(found.Groups[(int)group], items);
                    }
                }

                result.AppendRow();
            }
            catch (RegexMatchTimeoutException)
            {
                items.Truncate(before);
                _match.AddTimeout(row);
                result.AppendNull();
            }
        }
    }

    private readonly struct GroupsRow(RegexRow match) : IBuilderRow<ListBuilder>
    {
        public void Append(int row, ListBuilder result)
        {
            try
            {
                if (match.TryPrepare(row, out ReadOnlySpan<char> text) && match.Regex.IsMatch(text))
                {
                    AppendGroups(match.Regex.Match(text.ToString()), (BinaryBuilder)result.Items);
                    result.AppendRow();
                    return;
                }
            }
            catch (RegexMatchTimeoutException)
            {
                match.AddTimeout(row);
            }

            result.AppendNull();
        }
    }

    private readonly struct AllGroupsRow(RegexRow match) : IBuilderRow<ListBuilder>
    {
        public void Append(int row, ListBuilder result)
        {
            var lists = (ListBuilder)result.Items;
            int before = lists.Length;
            if (!match.TryPrepare(row, out ReadOnlySpan<char> text))
            {
                result.AppendNull();
                return;
            }

            try
            {
                for (Match found = match.Regex.Match(text.ToString()); found.Success; found = found.NextMatch())
                {
                    AppendGroups(found, (BinaryBuilder)lists.Items);
                    lists.AppendRow();
                }

                result.AppendRow();
            }
            catch (RegexMatchTimeoutException)
            {
                lists.Truncate(before);
                match.AddTimeout(row);
                result.AppendNull();
            }
        }
    }

    private readonly struct SplitRow(RegexRow match) : IBuilderRow<ListBuilder>
    {
        public void Append(int row, ListBuilder result)
        {
            if (!match.TryPrepare(row, out ReadOnlySpan<char> text))
            {
                result.AppendNull();
                return;
            }

            var items = (BinaryBuilder)result.Items;
            int before = items.Length;
            try
            {
                int start = 0;
                foreach (ValueMatch found in match.Regex.EnumerateMatches(text))
                {
                    // An empty match splits between characters, but not off an empty part.
                    if (found.Length == 0 && (found.Index == start || found.Index == text.Length))
                    {
                        continue;
                    }

                    RegexMatcher.Append(text[start..found.Index], items);
                    start = found.Index + found.Length;
                }

                RegexMatcher.Append(text[start..], items);
                result.AppendRow();
            }
            catch (RegexMatchTimeoutException)
            {
                items.Truncate(before);
                match.AddTimeout(row);
                result.AppendNull();
            }
        }
    }
}
