namespace Millrace;

/// <summary>Finds what somebody probably meant. Used by every message about an unknown name.</summary>
public static class NearestName
{
    /// <summary><c> (did you mean 'x'?)</c>, or nothing when no candidate is near.</summary>
    public static string Suggest(string name, IEnumerable<string> candidates)
        => Find(name, candidates) is { } nearest ? $" (did you mean '{nearest}'?)" : "";

    /// <summary>The candidate with the fewest edits, if they are at most a third of the name's length (at least 2).</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        int limit = Math.Max(2, name.Length / 3);
        string? best = null;
        foreach (string candidate in candidates)
        {
            int distance = Distance(name, candidate, limit);
            if (distance <= limit && distance < candidate.Length)
            {
                limit = distance - 1;
                best = candidate;
                if (distance == 0)
                {
                    break;
                }
            }
        }

        return best;
    }

    // Levenshtein with adjacent swaps; case counts nothing, since a wrong case is the most common slip.
    private static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit)
        {
            return limit + 1;
        }

        var before = new int[b.Length + 1];
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            char x = char.ToLowerInvariant(a[i - 1]);
            for (int j = 1; j <= b.Length; j++)
            {
                char y = char.ToLowerInvariant(b[j - 1]);
                int cost = Math.Min(Math.Min(previous[j], current[j - 1]) + 1, previous[j - 1] + (x == y ? 0 : 1));
                if (i > 1 && j > 1 && x == char.ToLowerInvariant(b[j - 2]) && y == char.ToLowerInvariant(a[i - 2]))
                {
                    cost = Math.Min(cost, before[j - 2] + 1);
                }

                current[j] = cost;
            }

            (before, previous, current) = (previous, current, before);
        }

        return previous[b.Length];
    }
}
