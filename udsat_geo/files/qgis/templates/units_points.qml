<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" hasScaleBasedVisibilityFlag="0" maxScale="0" simplifyMaxScale="1" styleCategories="AllStyleCategories" simplifyAlgorithm="0" symbologyReferenceScale="-1" simplifyDrawingHints="1" labelsEnabled="0" simplifyDrawingTol="1" minScale="100000000" simplifyLocal="1">
 <renderer-v2 graduatedMethod="GraduatedColor" forceraster="0" symbollevels="0" referencescale="-1" type="graduatedSymbol" enableorderby="0" attr="composite">
  <ranges>
   <range upper="1.0" symbol="0" lower="0.5" label="0.5 to 1.0" render="true" />
  </ranges>
  <symbols>
   <symbol name="0" clip_to_extent="1" type="marker" alpha="1" force_rhr="0">
    <layer class="SimpleMarker" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="angle" type="QString" value="0" />
      <Option name="cap_style" type="QString" value="square" />
      <Option name="color" type="QString" value="178,171,210,255" />
      <Option name="horizontal_anchor_point" type="QString" value="1" />
      <Option name="joinstyle" type="QString" value="bevel" />
      <Option name="name" type="QString" value="circle" />
      <Option name="outline_color" type="QString" value="26,26,26,255" />
      <Option name="outline_style" type="QString" value="solid" />
      <Option name="outline_width" type="QString" value="0.05" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="scale_method" type="QString" value="diameter" />
      <Option name="size" type="QString" value="1.5" />
      <Option name="size_unit" type="QString" value="MM" />
      <Option name="vertical_anchor_point" type="QString" value="1" />
     </Option>
    </layer>
   </symbol>
  </symbols>
  <classificationMethod id="Custom" />
  <rotation />
  <sizescale />
 </renderer-v2>
 <layerGeometryType>0</layerGeometryType>
</qgis>
