using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Millrace.Runtime.Sql;

/// <summary>Results in the XML that build servers read, as JUnit writes it.</summary>
public static class JUnitReport
{
    public static string Of(IReadOnlyList<SuiteResult> suites)
    {
        var document = new XElement("testsuites", Totals(suites.SelectMany(s => s.Tests).ToList()), suites.Select(Suite));
        return document + "\n";
    }

    private static XElement Suite(SuiteResult suite)
        => new("testsuite", new XAttribute("name", Clean(suite.Name)), new XAttribute("file", suite.Path), Totals(suite.Tests), suite.Tests.Select(t => Case(suite, t)));

    private static XElement Case(SuiteResult suite, TestResult test)
    {
        string faults = Clean(string.Join('\n', test.Faults));
        return new XElement(
            "testcase",
            new XAttribute("classname", Clean(suite.Name)),
            new XAttribute("name", Clean(test.Name)),
            new XAttribute("time", Seconds(test.Duration)),
            test.Outcome switch
            {
                TestOutcome.Failed => new XElement("failure", new XAttribute("message", Clean(test.Faults[0])), faults),
                TestOutcome.Skipped => new XElement("skipped", new XAttribute("message", faults)),
                _ => null,
            });
    }

    private static XAttribute[] Totals(IReadOnlyList<TestResult> tests) =>
    [
        new("tests", tests.Count),
        new("failures", tests.Count(t => t.Outcome == TestOutcome.Failed)),
        new("skipped", tests.Count(t => t.Outcome == TestOutcome.Skipped)),
        new("time", Seconds(TimeSpan.FromTicks(tests.Sum(t => t.Duration.Ticks)))),
    ];

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    // XML has no place for most control characters.
    private static string Clean(string text) => string.Concat(text.Select(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c) ? c : '·'));
}
