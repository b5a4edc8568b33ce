using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Reflection;

namespace VectorMigration.Commands;

/// <summary>The parameter groups of one cmdlet as dynamic parameters, and what was bound to them as the groups' values.</summary>
internal sealed class SharedParameters
{
    private readonly List<Shared> all = [];

    /// <summary>The groups that a cmdlet has.</summary>
    public SharedParameters(MigrationCommand command)
    {
        IEnumerable<PropertyInfo> holders = command.GetType().GetProperties(BindingFlags.Instance | BindingFlags.NonPublic)
            .Where(static property => property.PropertyType.IsSubclassOf(typeof(ParameterGroup)));
        foreach (PropertyInfo holder in holders)
        {
            ParameterGroup group = (ParameterGroup)holder.GetValue(command)!;
            bool fromPipeline = !command.GetType().IsDefined(typeof(NotFromPipelineAttribute), inherit: true)
                && !holder.IsDefined(typeof(NotFromPipelineAttribute));
            foreach (PropertyInfo property in group.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public))
            {
                Shared shared = new(group, property, fromPipeline, Faults, command.GetType().GetCustomAttribute<InSetsAttribute>());
                all.Add(shared);
                Dictionary.Add(shared.Parameter.Name, shared.Parameter);
            }
        }
    }

    /// <summary>What is wrong with the values of the object of the pipeline that was bound last.</summary>
    public RowFaults Faults { get; } = new();

    /// <summary>What PowerShell binds to.</summary>
    public RuntimeDefinedParameterDictionary Dictionary { get; } = [];

    /// <summary>Hands what was bound on to the groups.</summary>
    public void Take()
    {
        foreach (Shared shared in all)
        {
            shared.Take();
        }

        Faults.IsOpen = true;
    }

    /// <summary>Hands on what an object of the pipeline can have brought. Called for each object, so the others are left alone.</summary>
    public void TakePiped()
    {
        foreach (Shared shared in all)
        {
            if (shared.IsPiped)
            {
                shared.Take();
            }
        }
    }

    private sealed class Shared
    {
        private readonly ParameterGroup group;
        private readonly PropertyInfo property;
        private readonly bool emptyIsNotGiven;

        public Shared(ParameterGroup group, PropertyInfo property, bool fromPipeline, RowFaults faults, InSetsAttribute? inSets)
        {
            this.group = group;
            this.property = property;
            emptyIsNotGiven = property.PropertyType == typeof(string) && property.IsDefined(typeof(EmptyIsNotGivenAttribute));
            Collection<Attribute> attributes = [.. property.GetCustomAttributes<Attribute>()];
            if (inSets?.Parameter == property.Name && attributes.OfType<ParameterAttribute>().SingleOrDefault() is ParameterAttribute only)
            {
                attributes.Remove(only);
                foreach (string set in inSets.Sets)
                {
                    attributes.Add(new ParameterAttribute
                    {
                        ParameterSetName = set,
                        Mandatory = only.Mandatory,
                        Position = only.Position,
                        ValueFromPipelineByPropertyName = only.ValueFromPipelineByPropertyName,
                    });
                }
            }

            foreach (ParameterAttribute parameter in attributes.OfType<ParameterAttribute>())
            {
                parameter.ValueFromPipelineByPropertyName &= fromPipeline;
                IsPiped |= parameter.ValueFromPipeline || parameter.ValueFromPipelineByPropertyName;
            }

            foreach (IRowAttribute row in attributes.OfType<IRowAttribute>())
            {
                (row.Faults, row.Parameter) = (faults, property.Name);
            }

            // PowerShell restores this default after an object that has set another value. Setting it also sets IsSet, which must mean "given".
            Parameter = new RuntimeDefinedParameter(property.Name, property.PropertyType, attributes) { Value = property.GetValue(group), IsSet = false };
        }

        public RuntimeDefinedParameter Parameter { get; }

        public bool IsPiped { get; }

        public void Take()
        {
            // PowerShell makes empty text of null where a parameter is text.
            bool isEmpty = emptyIsNotGiven && string.IsNullOrEmpty(Parameter.Value as string);
            property.SetValue(group, isEmpty ? null : Parameter.Value);
            group.Note(property.Name, Parameter.IsSet && !isEmpty);
        }
    }
}
