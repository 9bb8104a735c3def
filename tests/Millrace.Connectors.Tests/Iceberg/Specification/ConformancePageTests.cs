using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Every section that is said to be supported has tests, and the reference page says the same as the code.</summary>
public sealed partial class ConformancePageTests
{
    private static readonly Dictionary<string, List<string>> Tests = Find();

    [Fact]
    public void Tests_name_sections_that_there_are()
        => Assert.Empty(Tests.Keys.Except(SpecificationSections.All.Select(s => s.Name)));

    [Fact]
    public void Sections_that_are_supported_have_tests()
        => Assert.Empty(SpecificationSections.All.Where(s => !Tests.ContainsKey(s.Name)).Select(s => s.Name));

    [Fact]
    public void The_page_is_that_of_the_code() => GoldenFile.Assert("docs/reference/iceberg-conformance.md", Render());

    private static string Render()
    {
        var page = new StringBuilder();
        page.Append("""
            # Iceberg, section by section

            What of the [specification of Iceberg tables](https://iceberg.apache.org/spec/) is supported, and by which tests. The page is made from
            the tests: see `SpecificationSections` and the attribute `Specification` in `tests/Millrace.Connectors.Tests/Iceberg`.

            | section | read | written | to know | tests |
            |---|---|---|---|---|

            """);
        foreach (SpecificationSection section in SpecificationSections.All)
        {
            page.Append($"| {section.Name} | {section.Reads} | {section.Writes} | {section.Note} | {string.Join(", ", Tests.GetValueOrDefault(section.Name, []).Order(StringComparer.Ordinal).Select(t => $"`{t}`"))} |\n");
        }

        return page.Replace("\r", "").ToString();
    }

    private static Dictionary<string, List<string>> Find()
    {
        var tests = new Dictionary<string, List<string>>();
        foreach (Type type in typeof(ConformancePageTests).Assembly.GetTypes())
        {
            foreach (MemberInfo member in type.GetMethods().Cast<MemberInfo>().Prepend(type))
            {
                foreach (SpecificationAttribute attribute in member.GetCustomAttributes<SpecificationAttribute>(inherit: false))
                {
                    string name = member is Type ? type.Name : $"{type.Name}.{member.Name}";
                    (tests.TryGetValue(attribute.Section, out List<string>? names) ? names : tests[attribute.Section] = []).Add(name);
                }
            }
        }

        return tests;
    }
}
