using System.Xml.Linq;

namespace VectorMigration.Help;

/// <summary>Makes the help of Get-Help and an HTML page. What a parameter is comes from the cmdlet, what it means from its page.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments.Length != 4)
        {
            Console.Error.WriteLine("usage: VectorMigration.Help <assembly of cmdlets> <folder of pages> <help file to write> <HTML page to write>");
            return 2;
        }

        List<string> problems = [];
        List<(CmdletShape Cmdlet, HelpPage Page)> pages = [];
        foreach (CmdletShape cmdlet in CmdletShape.ReadAll(arguments[0]))
        {
            string path = Path.Combine(arguments[1], cmdlet.Name + ".md");
            if (!File.Exists(path))
            {
                problems.Add($"{path}: error HELP001: {cmdlet.Name} has no page.");
                continue;
            }

            var page = HelpPage.Read(path);
            problems.AddRange(page.Problems(cmdlet).Select(problem => $"{path}: error HELP002: {problem}"));
            pages.Add((cmdlet, page));
        }

        problems.ForEach(Console.Error.WriteLine);
        if (problems.Count > 0)
        {
            return 1;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(arguments[2]))!);
        Maml.Document(pages.Select(static one => Maml.Command(one.Cmdlet, one.Page))).Save(arguments[2]);
        File.WriteAllText(arguments[3], HtmlHelp.Document(pages).ToString(SaveOptions.DisableFormatting));
        return 0;
    }
}
