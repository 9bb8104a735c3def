using System.Globalization;

namespace Millrace.Runtime.Contracts;

/// <summary>What a number has to be: all of some comparisons.</summary>
internal sealed class Threshold
{
    private readonly List<Comparison> _parts = [];
    private readonly bool _isPercent;

    private Threshold(bool isPercent) => _isPercent = isPercent;

    /// <summary>Whether nothing is asked for.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>What is asked for, as the end of a sentence: <c>must be less than 5 %</c>.</summary>
    public string Words => "must " + string.Join(" and ", _parts.Select(p => p.Words));

    /// <param name="spec">The rule.</param>
    /// <param name="rule">Its name.</param>
    public static Threshold Of(QualitySpec spec, string rule)
    {
        var threshold = new Threshold(spec.Unit == "percent");
        threshold.Add(rule, "be", spec.MustBe, (a, b) => a == b);
        threshold.Add(rule, "not be", spec.MustNotBe, (a, b) => a != b);
        threshold.Add(rule, "be greater than", spec.MustBeGreaterThan, (a, b) => a > b);
        threshold.Add(rule, "be at least", spec.MustBeGreaterOrEqualTo, (a, b) => a >= b);
        threshold.Add(rule, "be less than", spec.MustBeLessThan, (a, b) => a < b);
        threshold.Add(rule, "be at most", spec.MustBeLessOrEqualTo, (a, b) => a <= b);
        threshold.AddRange(rule, "be", spec.MustBeBetween, isWithin: true);
        threshold.AddRange(rule, "not be", spec.MustNotBeBetween, isWithin: false);
        return threshold;
    }

    /// <summary>That a number is none.</summary>
    public static Threshold Zero(QualitySpec spec, string rule) => Of(spec with { MustBe = "0" }, rule);

    /// <summary>That a boolean is true.</summary>
    public static Threshold True(string rule) => Of(new QualitySpec { MustBe = "true" }, rule);

    public bool Holds(double value) => _parts.TrueForAll(p => p.Holds(value));

    /// <summary>A number in the unit of the rule.</summary>
    public string Shown(double value) => Text(value) + (_isPercent ? " %" : "");

    private void Add(string rule, string words, string? bound, Func<double, double, bool> holds)
    {
        if (bound is not null)
        {
            double number = Number(rule, bound);
            _parts.Add(new Comparison($"{words} {(bound is "true" or "false" ? bound : Shown(number))}", value => holds(value, number)));
        }
    }

    private void AddRange(string rule, string words, IReadOnlyList<string>? bounds, bool isWithin)
    {
        if (bounds is null)
        {
            return;
        }

        if (bounds.Count != 2)
        {
            throw ContractErrors.BadRule(rule, $"names {bounds.Count} numbers where two are needed, the smaller one first");
        }

        double least = Number(rule, bounds[0]);
        double most = Number(rule, bounds[1]);
        if (least > most)
        {
            throw ContractErrors.BadRule(rule, $"has {bounds[0]} before {bounds[1]}, which is less");
        }

        _parts.Add(new Comparison($"{words} between {Shown(least)} and {Shown(most)}", value => (value >= least && value <= most) == isWithin));
    }

    private static double Number(string rule, string text) => text switch
    {
        "true" => 1,
        "false" => 0,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : throw ContractErrors.BadRule(rule, $"is compared with '{text}', which is no number"),
    };

    private static string Text(double value) => Math.Round(value, 4).ToString(CultureInfo.InvariantCulture);

    private sealed record Comparison(string Words, Func<double, bool> Holds);
}
