using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace VectorMigration.Help;

/// <summary>Writes the elements that Get-Help reads.</summary>
internal static partial class Maml
{
    private const string LocalPage = "All pages, offline: Invoke-Item (Join-Path (Get-Module VectorMigration).ModuleBase module/bin/help.html)";
    private const string DefaultMark = "Default: ";
    private static readonly XNamespace Msh = "http://msh";
    private static readonly XNamespace Text = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Cmd = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>The whole file.</summary>
    public static XDocument Document(IEnumerable<XElement> commands) => new(
        new XDeclaration("1.0", "utf-8", null),
        new XElement(Msh + "helpItems", new XAttribute("schema", "maml"), commands));

    /// <summary>One cmdlet.</summary>
    public static XElement Command(CmdletShape cmdlet, HelpPage page)
    {
        string[] name = cmdlet.Name.Split('-');
        return new XElement(
            Cmd + "command",
            new XAttribute(XNamespace.Xmlns + "maml", Text),
            new XAttribute(XNamespace.Xmlns + "command", Cmd),
            new XAttribute(XNamespace.Xmlns + "dev", Dev),
            new XElement(
                Cmd + "details",
                new XElement(Cmd + "name", cmdlet.Name),
                new XElement(Text + "description", Paragraphs(page.Text("SYNOPSIS"))),
                new XElement(Cmd + "verb", name[0]),
                new XElement(Cmd + "noun", name[1])),
            new XElement(Text + "description", Paragraphs(page.Text("DESCRIPTION"))),
            new XElement(Cmd + "syntax", cmdlet.Sets.Select(set => Syntax(cmdlet, set, page))),
            new XElement(Cmd + "parameters", Distinct(cmdlet).Select(parameter => Parameter(parameter, page, inSyntax: false))),
            new XElement(Cmd + "inputTypes", page.Entries("INPUTS").Select(entry => Typed("inputType", entry))),
            new XElement(Cmd + "returnValues", page.Entries("OUTPUTS").Select(entry => Typed("returnValue", entry))),
            new XElement(Text + "alertSet", new XElement(Text + "alert", Paragraphs(page.Text("NOTES")))),
            new XElement(Cmd + "examples", page.Entries("EXAMPLES").Select(Example)),
            new XElement(Cmd + "relatedLinks", page.Text("RELATED LINKS").Select(LinkText).Append(LocalPage).Select(Link)));
    }

    private static IEnumerable<ParameterShape> Distinct(CmdletShape cmdlet) => cmdlet.Parameters
        .GroupBy(parameter => parameter.Name)
        .Select(same => same.First())
        .OrderBy(parameter => parameter.IsStandard)
        .ThenBy(parameter => parameter.Name, StringComparer.Ordinal);

    private static XElement Syntax(CmdletShape cmdlet, string set, HelpPage page) => new(
        Cmd + "syntaxItem",
        new XElement(Text + "name", cmdlet.Name),
        cmdlet.In(set).Select(parameter => Parameter(parameter, page, inSyntax: true)));

    private static XElement Parameter(ParameterShape parameter, HelpPage page, bool inSyntax)
    {
        IReadOnlyList<string> words = parameter.Name switch
        {
            "WhatIf" when parameter.IsStandard => ["Shows what would be done, and does nothing."],
            "Confirm" when parameter.IsStandard => ["Asks for confirmation before anything is done."],
            _ => page.Entries("PARAMETERS").FirstOrDefault(entry => entry.Title == "-" + parameter.Name)?.Paragraphs ?? [],
        };
        string? byDefault = words.FirstOrDefault(word => word.StartsWith(DefaultMark, StringComparison.Ordinal))?[DefaultMark.Length..].TrimEnd('.');
        IEnumerable<string> rest = words.Where(word => !word.StartsWith(DefaultMark, StringComparison.Ordinal));
        bool isSwitch = parameter.Type == "SwitchParameter";
        return new XElement(
            Cmd + "parameter",
            new XAttribute("required", Lower(parameter.IsMandatory)),
            new XAttribute("variableLength", "true"),
            new XAttribute("globbing", Lower(parameter.Wildcards)),
            new XAttribute("pipelineInput", Pipeline(parameter)),
            new XAttribute("position", parameter.Position?.ToString(CultureInfo.InvariantCulture) ?? "named"),
            new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
            new XElement(Text + "name", parameter.Name),
            new XElement(Text + "description", Paragraphs(parameter.Values.Count == 0 ? rest : rest.Append($"Values: {string.Join(", ", parameter.Values)}."))),
            isSwitch && inSyntax ? null : new XElement(Cmd + "parameterValue", new XAttribute("required", Lower(!isSwitch)),
                new XAttribute("variableLength", "false"), parameter.Type),
            new XElement(Dev + "type", new XElement(Text + "name", parameter.Type), new XElement(Text + "uri")),
            new XElement(Dev + "defaultValue", byDefault ?? (isSwitch ? "False" : "None")));
    }

    private static XElement Typed(string name, HelpEntry entry) => new(
        Cmd + name,
        new XElement(Dev + "type", new XElement(Text + "name", entry.Title)),
        new XElement(Text + "description", Paragraphs(entry.Paragraphs)));

    private static XElement Example(HelpEntry entry) => new(
        Cmd + "example",
        new XElement(Text + "title", $"-- {entry.Title} --"),
        new XElement(Dev + "code", entry.Code),
        new XElement(Dev + "remarks", Paragraphs(entry.Paragraphs)));

    /// <summary>The text of a link in a list of links.</summary>
    public static string LinkText(string line)
    {
        Match link = LinkForm().Match(line);
        return link.Success ? link.Groups[1].Value : line.TrimStart('-', ' ');
    }

    // Get-Help -Online opens the address of the first link, so that none of them may have one but that of the project.
    private static XElement Link(string text) => new(Text + "navigationLink", new XElement(Text + "linkText", text), new XElement(Text + "uri"));

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> paragraphs) => paragraphs.Select(paragraph => new XElement(Text + "para", paragraph));

    private static string Pipeline(ParameterShape parameter) => (parameter.ByValue, parameter.ByName) switch
    {
        (true, true) => "True (ByValue, ByPropertyName)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };

    private static string Lower(bool value) => value ? "true" : "false";

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]*\)")]
    private static partial Regex LinkForm();
}
