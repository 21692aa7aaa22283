<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" styleCategories="AllStyleCategories">
 <fieldConfiguration>
  <field configurationFlags="None" name="name">
   <editWidget type="TextEdit">
    <config>
     <Option type="Map">
      <Option type="bool" name="IsMultiline" value="false" />
      <Option type="bool" name="UseHtml" value="false" />
     </Option>
    </config>
   </editWidget>
  </field>
  <field configurationFlags="None" name="key">
   <editWidget type="ValueMap">
    <config>
     <Option type="Map">
      <Option name="map" type="List">
       <Option type="Map">
        <Option name="What a value is called" type="QString" value="value" />
       </Option>
      </Option>
     </Option>
    </config>
   </editWidget>
  </field>
  <field configurationFlags="None" name="number">
   <editWidget type="Range">
    <config>
     <Option type="Map">
      <Option name="AllowNull" type="bool" value="true" />
      <Option name="Precision" type="int" value="3" />
      <Option name="Style" type="QString" value="SpinBox" />
     </Option>
    </config>
   </editWidget>
  </field>
  <field configurationFlags="None" name="flag">
   <editWidget type="CheckBox">
    <config>
     <Option type="Map">
      <Option type="QString" name="CheckedState" value="" />
      <Option type="QString" name="UncheckedState" value="" />
     </Option>
    </config>
   </editWidget>
  </field>
 </fieldConfiguration>
 <aliases>
  <alias field="name" index="0" name="Name" />
  <alias field="key" index="1" name="Key" />
  <alias field="number" index="2" name="Number" />
  <alias field="flag" index="3" name="Flag" />
 </aliases>
 <attributetableconfig sortExpression="" sortOrder="0" actionWidgetStyle="dropDown">
  <columns>
   <column type="field" name="name" width="-1" hidden="0" />
   <column type="field" name="key" width="-1" hidden="0" />
   <column type="field" name="number" width="-1" hidden="0" />
   <column type="field" name="flag" width="-1" hidden="0" />
  </columns>
 </attributetableconfig>
 <layerGeometryType>4</layerGeometryType>
</qgis>
